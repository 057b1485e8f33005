"""The pages of the registers (登记), made from what each register declares: list, object, form, import, batches."""
