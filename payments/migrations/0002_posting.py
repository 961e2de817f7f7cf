"""The only door to the ledger, and who may use it. Runs as the owner of the tables."""

from django.db import migrations

CHECK_ESCROW = """
CREATE OR REPLACE FUNCTION payments_check_escrow(which bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE held bigint; stated bigint;
BEGIN
    SELECT coalesce(sum(amount_minor), 0) INTO held FROM payments_posting WHERE request_id = which;
    SELECT CASE WHEN state IN ('held', 'shipped', 'delivered', 'refund_requested', 'disputed')
        THEN amount_minor - refunded_minor ELSE 0 END
        INTO stated FROM payments_moneyrequest WHERE id = which;
    IF held IS DISTINCT FROM stated THEN
        RAISE EXCEPTION 'escrow holds % for request %, its state says %', held, which, stated
            USING ERRCODE = 'check_violation';
    END IF;
END $$;
"""

# Legs: [{"kind": "wallet", "person": 7, "amount": -100}, ...]; channel and provider name other owners.
# Accounts are opened by their first leg and locked in the order of their ids.
POST = """
CREATE OR REPLACE FUNCTION payments_account(a_kind text, a_person bigint, a_channel bigint, a_provider text,
    a_currency text) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE found_id bigint;
BEGIN
    FOR attempt IN 1..2 LOOP
        IF a_person IS NOT NULL THEN
            SELECT id INTO found_id FROM payments_account
            WHERE person_id = a_person AND kind = a_kind AND currency = a_currency;
        ELSIF a_channel IS NOT NULL THEN
            SELECT id INTO found_id FROM payments_account
            WHERE channel_id = a_channel AND kind = a_kind AND currency = a_currency;
        ELSE
            SELECT id INTO found_id FROM payments_account
            WHERE kind = a_kind AND person_id IS NULL AND channel_id IS NULL AND provider = a_provider
                AND currency = a_currency;
        END IF;
        IF found_id IS NOT NULL THEN RETURN found_id; END IF;
        INSERT INTO payments_account (kind, person_id, channel_id, provider, currency, is_materialized, balance_minor)
        VALUES (a_kind, a_person, a_channel, a_provider, a_currency, false, 0)
        ON CONFLICT DO NOTHING RETURNING id INTO found_id;
        IF found_id IS NOT NULL THEN RETURN found_id; END IF;
    END LOOP;
    RAISE EXCEPTION 'no account % in %', a_kind, a_currency USING ERRCODE = 'check_violation';
END $$;

CREATE OR REPLACE FUNCTION payments_post(a_key text, a_kind text, a_request bigint, a_version integer, a_hash bytea,
    an_actor bigint, a_currency text, legs jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    new_entry bigint; leg record; accounts bigint[] := '{}'; amounts bigint[] := '{}'; requests bigint[] := '{}';
BEGIN
    FOR leg IN SELECT * FROM jsonb_to_recordset(legs)
        AS leg (kind text, person bigint, channel bigint, provider text, amount bigint)
    LOOP
        accounts := accounts || payments_account(leg.kind, leg.person, leg.channel, coalesce(leg.provider, ''), a_currency);
        amounts := amounts || leg.amount;
        requests := requests || CASE WHEN leg.kind = 'escrow' THEN a_request END;
    END LOOP;
    PERFORM 1 FROM payments_account WHERE id = ANY (accounts) AND is_materialized ORDER BY id FOR NO KEY UPDATE;
    INSERT INTO payments_entry (key, kind, request_id, version, body_hash, xid, actor_id, at)
    VALUES (a_key, a_kind, a_request, a_version, a_hash, pg_current_xact_id(), an_actor, clock_timestamp())
    RETURNING id INTO new_entry;
    INSERT INTO payments_posting (entry_id, account_id, request_id, amount_minor, currency)
    SELECT new_entry, account, request, amount, a_currency
    FROM unnest(accounts, requests, amounts) AS leg (account, request, amount) ORDER BY account;
    RETURN new_entry;
END $$;

CREATE OR REPLACE FUNCTION payments_lock_balances(a_currency text, owners jsonb)
RETURNS TABLE (kind text, balance_minor bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT account.kind::text, account.balance_minor FROM payments_account AS account
    JOIN jsonb_to_recordset(owners) AS owner (kind text, person bigint, channel bigint)
        ON account.kind = owner.kind AND (account.person_id = owner.person OR account.channel_id = owner.channel)
    WHERE account.currency = a_currency AND account.is_materialized
    ORDER BY account.id FOR NO KEY UPDATE OF account;
$$;
"""

# Whoever may write rows here (the program's role, by default privileges) loses what the ledger forbids. No name is
# needed, and where owner and program are one role nothing changes (a system check says so).
GRANTS = """
REVOKE ALL ON FUNCTION payments_post(text, text, bigint, integer, bytea, bigint, text, jsonb),
    payments_lock_balances(text, jsonb), payments_account(text, bigint, bigint, text, text) FROM PUBLIC;
DO $$
DECLARE program text;
BEGIN
    FOR program IN
        SELECT DISTINCT pg_get_userbyid(acl.grantee) FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'payments_moneyrequest'::regclass AND acl.privilege_type = 'INSERT'
            AND acl.grantee NOT IN (0, relowner)
    LOOP
        EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON payments_entry, payments_posting, payments_account
            FROM %I', program);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON payments_requesttransition, payments_requestversion,
            payments_statechange, payments_evidence FROM %I', program);
        EXECUTE format('REVOKE DELETE, TRUNCATE ON payments_moneyrequest, payments_effect, payments_paymentattempt,
            payments_refund, payments_refundrequest, payments_refundoffer, payments_dispute, payments_payout
            FROM %I', program);
        EXECUTE format('GRANT EXECUTE ON FUNCTION
            payments_post(text, text, bigint, integer, bytea, bigint, text, jsonb), payments_lock_balances(text, jsonb)
            TO %I', program);
    END LOOP;
END $$;
"""
UNDO = """
DROP FUNCTION payments_post(text, text, bigint, integer, bytea, bigint, text, jsonb);
DROP FUNCTION payments_lock_balances(text, jsonb);
DROP FUNCTION payments_account(text, bigint, bigint, text, text);
DROP FUNCTION payments_check_escrow(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunSQL(CHECK_ESCROW + POST + GRANTS, UNDO)]
