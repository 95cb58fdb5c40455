"""What the bank's answers mean, in words.

Card rails: ISO 8583 field 39 as schemes commonly use it. Account rails: ISO 20022 external status reasons.
"""

from __future__ import annotations

RESPONSES = {
    "00": "approved",
    "05": "do not honour",
    "14": "no such card",
    "41": "lost card",
    "43": "stolen card",
    "51": "insufficient funds",
    "54": "expired card",
    "55": "wrong PIN",
    "57": "not permitted to the cardholder",
    "59": "suspected fraud",
    "61": "amount limit exceeded",
    "62": "restricted card",
    "63": "security violation",
    "65": "count limit exceeded, or authentication asked for",
    "75": "too many wrong PINs",
    "82": "wrong CVV or cryptogram",
    "91": "issuer unavailable",
    "96": "system error",
}
REASONS = {
    "AC04": "account closed",
    "AC06": "account blocked",
    "AG01": "transaction not allowed",
    "AM02": "amount limit exceeded",
    "AM04": "insufficient funds",
    "FR01": "suspected fraud",
}
