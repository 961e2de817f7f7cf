"""What the database refuses to a money request: parties, prices, transitions and escrow that do not fit."""

import pgtrigger

from core.markets import MARKETS
from payments.machine import ENDED, MOVES, OPEN, PAIRS
from payments.models.guards import Guard, never_deleted, never_truncated, pairs_sql, refuse, words_sql

_CURRENCIES = {(code, market.currency) for code, market in MARKETS.items()}
_MONEY_PAIRS = {pair for move in MOVES if move.moves_money for pair in move.pairs()}

GUARDS = [
    Guard(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state NOT IN ({words_sql(OPEN)}) OR NEW.version <> 1 OR NEW.refunded_minor <> 0 THEN
                            {refuse("a request begins unpaid, with version 1")}
                        END IF;
                        PERFORM 1 FROM sellers_channelmember
                            WHERE channel_id = NEW.channel_id AND person_id = NEW.buyer_id;
                        IF FOUND THEN {refuse("nobody buys from her own channel")} END IF;
                        RETURN NEW;
                    END IF;
                    IF (NEW.id, NEW.token, NEW.buyer_id, NEW.channel_id, NEW.currency, NEW.origin) IS DISTINCT FROM
                        (OLD.id, OLD.token, OLD.buyer_id, OLD.channel_id, OLD.currency, OLD.origin)
                    THEN {refuse("the parties of a request are fixed")} END IF;
                    IF OLD.state NOT IN ({words_sql(OPEN)})
                        AND (NEW.amount_minor, NEW.fee_minor, NEW.fee_basis_points, NEW.terms_version,
                            CASE WHEN NEW.address IS NULL AND OLD.state IN ({words_sql(ENDED)})
                                THEN OLD.address ELSE NEW.address END)  -- whoever leaves takes her address along
                        IS DISTINCT FROM
                        (OLD.amount_minor, OLD.fee_minor, OLD.fee_basis_points, OLD.terms_version, OLD.address)
                    THEN {refuse("what was paid for is fixed")} END IF;
                    IF (NEW.state, NEW.refunded_minor, NEW.amount_minor, NEW.fee_minor, NEW.terms_version)
                        IS NOT DISTINCT FROM
                        (OLD.state, OLD.refunded_minor, OLD.amount_minor, OLD.fee_minor, OLD.terms_version)
                    THEN
                        IF NEW.version <> OLD.version THEN {refuse("a version moves only with a transition")} END IF;
                        RETURN NEW;
                    END IF;
                    IF NEW.version <> OLD.version + 1 THEN {refuse("a version moves by one")} END IF;
                    IF NEW.refunded_minor < OLD.refunded_minor THEN {refuse("what was refunded stays refunded")} END IF;
                    IF (OLD.state, NEW.state) NOT IN ({pairs_sql(PAIRS)}) THEN
                        {refuse("a request cannot move from % to %", "OLD.state", "NEW.state")}
                    END IF;
                    IF OLD.state = 'requested' AND NEW.state = 'held' THEN  -- she may have joined the team since
                        PERFORM 1 FROM sellers_channelmember
                            WHERE channel_id = NEW.channel_id AND person_id = NEW.buyer_id;
                        IF FOUND THEN {refuse("nobody buys from her own channel")} END IF;
                    END IF;
                    RETURN NEW;
                """,
    ),
    Guard(
        name="escrow_is_as_stated",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        func=f"""
                    IF TG_OP = 'UPDATE' THEN
                        IF NEW.version = OLD.version THEN RETURN NULL; END IF;
                        IF (OLD.state, NEW.state) IN ({pairs_sql(_MONEY_PAIRS)}) THEN
                            PERFORM 1 FROM payments_entry WHERE request_id = NEW.id AND version = NEW.version;
                            IF NOT FOUND THEN
                                {refuse("request %: from % to % without an entry", "NEW.id", "OLD.state", "NEW.state")}
                            END IF;
                        END IF;
                    END IF;
                    PERFORM 1 FROM payments_requesttransition
                        WHERE request_id = NEW.id AND version = NEW.version AND to_state = NEW.state;
                    IF NOT FOUND THEN {refuse("request %: version % without its transition", "NEW.id", "NEW.version")} END IF;
                    PERFORM payments_check_escrow(NEW.id);
                    RETURN NULL;
                """,
    ),
    Guard(
        name="has_its_terms",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("terms_version", "amount_minor", "fee_minor"),
        timing=pgtrigger.Deferred,
        func=f"""
                    PERFORM 1 FROM payments_requestversion WHERE request_id = NEW.id AND version = NEW.terms_version
                        AND amount_minor = NEW.amount_minor AND fee_minor = NEW.fee_minor;
                    IF NOT FOUND THEN
                        {refuse("request %: its amount and fee are not those of terms %", "NEW.id", "NEW.terms_version")}
                    END IF;
                    RETURN NULL;
                """,
    ),
    Guard(
        name="in_the_channels_currency",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
                    PERFORM 1 FROM sellers_channel
                        WHERE id = NEW.channel_id AND (market, NEW.currency) IN ({pairs_sql(_CURRENCIES)});
                    IF NOT FOUND THEN {refuse("a request has its channel''s currency")} END IF;
                    RETURN NEW;
                """,
    ),
    never_deleted(),
    never_truncated(),
]
