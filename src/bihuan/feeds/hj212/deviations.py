"""The marks that a record can carry: every way in which real packets leave the standard and are still read.

The names are a promise (they stand in decoded files and on the device page). `structure` marks break the form of the
packet: the strict profile refuses them. `content` marks say something of the values; no profile refuses for them.
"""

STRUCTURE = {
    "crc_lowercase": "check value in lower case",
    "crc_modbus": "CRC-16/MODBUS in place of the standard's check value",
    "crc_modbus_swapped": "CRC-16/MODBUS, low byte first",
    "crc_placeholder": "a fixed value in place of the check value",
    "crc_digits": "check value without its leading zeros",
    "crc_missing": "no check value",
    "crc_span": "the check value also covers the length and the semicolons round the segment",
    "length_digits": "the length is not written with four digits",
    "length_missing": "no length after ##",
    "length_wrong": "the length is not that of the data segment; the check value fits another end",
    "semicolon_after_length": "a semicolon between length and data segment",
    "semicolon_before_crc": "a semicolon between data segment and check value",
    "prefix_missing": "## is missing",
    "end_missing": "no CR LF at the end",
    "end_lf": "only LF at the end",
    "end_literal": "CR LF written out in letters (backslash r backslash n, <CR><LF> ...)",
    "end_other": "other signs than CR LF at the end (blanks, stars)",
    "segment_oversize": "data segment above 1024 bytes and not split",
    "encrypted_printed": "the cipher text is printed ({0x..,0x..}) and not binary",
    "qn_missing": "no QN",
    "qn_empty": "QN is empty",
    "qn_format": "QN is not 17 digits",
    "st_missing": "no ST",
    "st_format": "ST is not two characters 0-9 A-Z",
    "cn_missing": "no CN",
    "cn_format": "CN is not four digits",
    "pw_missing": "no PW",
    "pw_empty": "PW is empty",
    "pw_format": "PW is not six characters",
    "mn_missing": "no MN",
    "mn_empty": "MN is empty",
    "mn_format": "MN has not the form of its edition (2005: 14 characters; later: 24, in 2017 hexadecimal)",
    "flag_missing": "no Flag",
    "flag_format": "Flag is not a number from 0 to 255",
    "flag_version": "the version bits of Flag name no known edition",
    "rf_edition": "RF in an edition that does not have it",
    "rf_value": "RF is not 1",
    "part_flag": "PNUM or PNO without the bit of Flag that says so",
    "part_missing": "PNUM or PNO is missing",
    "part_order": "PNO before PNUM",
    "part_padded": "PNUM or PNO with leading zeros",
    "part_format": "PNUM or PNO is not a number from 1, or PNO is above PNUM",
    "part_in_cp": "PNUM or PNO inside CP",
    "header_order": "header fields in another order than the standard's",
    "header_separator": "header fields not separated by one semicolon",
    "header_unknown": "a header field that no edition has",
    "header_repeated": "a header field more than once (the first that is not empty counts)",
    "key_case": "a key with other capitals than the standard's",
    "blanks": "blanks around a key or a header value",
    "header_behind_cp": "header fields behind the closing && of CP (they count)",
    "cp_missing": "no CP",
    "cp_unopened": "CP does not begin with &&",
    "cp_unclosed": "CP does not end with &&",
    "cp_tail": "something between the closing && and the check value",
    "trailing_separator": "a separator before the closing &&",
    "empty_item": "two separators without an item between them",
    "item_without_equals": "an item without =",
    "factor_without_code": "a factor field without the code of its factor",
    "datatime_format": "DataTime is not 14 digits",
    "text_gb18030": "text is GB 18030 and not UTF-8",
    "text_undecodable": "text is neither UTF-8 nor GB 18030; read byte by byte",
}

CONTENT = {
    "duplicate_key": "a key more than once in CP (the last counts, all stand in `repeated`)",
    "vendor_field": "a factor field that no edition has",
    "factor_flag_missing": "a measured factor without Flag",
    "value_empty": "a value is empty",
    "value_sentinel": "what stands for no value: -99, -0999.00, -9.99E2, 999.99, NaN, null, --, * ...",
    "value_precision": "a number with more than six decimals",
}

DEVIATIONS = STRUCTURE | CONTENT

# Reasons of pieces that are not accepted.
REASONS = {
    "noise": "bytes that belong to no packet",
    "truncated": "a packet that begins and does not end",
    "crc": "the check value does not fit",
    "encrypted": "CP is encrypted and there is no key, or another one",
    "strict": "the strict profile refuses the marked deviations",
}


def breaks_structure(marks: tuple[str, ...]) -> bool:
    """Would the strict profile refuse?"""
    return any(mark in STRUCTURE for mark in marks)
