"""Escrow holds a request's money in the request's own currency; coupons are as little deleted as their guard says."""

from django.db import migrations

CHECK_ESCROW = """
CREATE OR REPLACE FUNCTION payments_check_escrow(which bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE held bigint; others bigint; stated bigint; agreed text;
BEGIN
    SELECT CASE WHEN state IN ('held', 'shipped', 'delivered', 'refund_requested', 'disputed')
        THEN amount_minor - refunded_minor ELSE 0 END, currency
        INTO stated, agreed FROM payments_moneyrequest WHERE id = which;
    SELECT coalesce(sum(amount_minor), 0), count(*) FILTER (WHERE currency <> agreed)
        INTO held, others FROM payments_posting WHERE request_id = which;
    IF others > 0 THEN
        RAISE EXCEPTION 'escrow holds another currency for request % than its %', which, agreed
            USING ERRCODE = 'check_violation';
    END IF;
    IF held IS DISTINCT FROM stated THEN
        RAISE EXCEPTION 'escrow holds % for request %, its state says %', held, which, stated
            USING ERRCODE = 'check_violation';
    END IF;
END $$;
"""
ANY_CURRENCY = """
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

# As in 0002: whoever may write rows here is the program.
GRANTS = """
DO $$
DECLARE program text;
BEGIN
    FOR program IN
        SELECT DISTINCT pg_get_userbyid(acl.grantee) FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'payments_moneyrequest'::regclass AND acl.privilege_type = 'INSERT'
            AND acl.grantee NOT IN (0, relowner)
    LOOP
        EXECUTE format('{} payments_coupon {} %I', program);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_refund_turns")]
    operations = [
        migrations.RunSQL(CHECK_ESCROW, ANY_CURRENCY),
        migrations.RunSQL(GRANTS.format("REVOKE DELETE, TRUNCATE ON", "FROM"), GRANTS.format("GRANT DELETE ON", "TO")),
    ]
