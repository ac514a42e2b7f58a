"""The room of body-worn video: what each officer's camera did, and whose record is missing."""
