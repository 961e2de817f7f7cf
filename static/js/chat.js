// Chats: everything works by forms and reloads; these bring words at once and keep what could not be sent.
import "./chat_stream.js";
import "./chat_send.js";
import "./chat_composer.js";
import "./chat_typing.js";
import "./chat_scroll.js";
