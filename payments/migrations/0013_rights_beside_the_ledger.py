"""Of what stands beside the ledger the program changes what its services change, and deletes nothing."""

from django.db import migrations

# As in 0002: whoever may write rows here is the program.
EACH_PROGRAM = """
DO $$
DECLARE program text;
BEGIN
    FOR program IN
        SELECT DISTINCT pg_get_userbyid(acl.grantee) FROM pg_class, aclexplode(relacl) AS acl
        WHERE pg_class.oid = 'payments_moneyrequest'::regclass AND acl.privilege_type = 'INSERT'
            AND acl.grantee NOT IN (0, relowner)
    LOOP
        {}
    END LOOP;
END $$;
"""
TABLES = """payments_snapshot, payments_couponuse, payments_reservation, payments_payoutbatch,
            payments_evidence_pictures, payments_refundrequest_pictures"""
LESS = f"""EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {TABLES} FROM %I', program);
        EXECUTE format('GRANT UPDATE (balance_minor, until) ON payments_snapshot TO %I', program);
        EXECUTE format('GRANT UPDATE (state) ON payments_couponuse TO %I', program);
        EXECUTE format('GRANT UPDATE (state, product_id, variant_id) ON payments_reservation TO %I', program);"""
AS_BEFORE = f"EXECUTE format('GRANT UPDATE, DELETE ON {TABLES} TO %I', program);"


class Migration(migrations.Migration):
    dependencies = [("payments", "0012_entries_of_payouts")]
    operations = [migrations.RunSQL(EACH_PROGRAM.format(LESS), EACH_PROGRAM.format(AS_BEFORE))]
