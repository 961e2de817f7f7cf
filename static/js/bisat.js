// Everything works without scripts; these make it smoother. One module, one job.
import "./requests.js";
import "./focus.js";
import "./keep.js";
import "./sheets.js";
import "./switches.js";
import "./suggest.js";
import "./viewer.js";
import "./sortable.js";
import "./drop.js";
import "./toasts.js";
import "./share.js";
import "./counter.js";
import "./seen.js";
import "./news.js";
import "./worker.js";
import "./print.js";
import "./unread.js";
