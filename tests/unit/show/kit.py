"""A run made by hand: customer 1 is robbed through the online bank, 2 and 3 pass the money on, 4 has nothing to do with it."""

from __future__ import annotations

from tests.unit.conftest import Row, Tables, minutes, payment, small_tables

DAY = 24 * 60
STRANGE, OWN = 66, 51  # devices
CAMPAIGN = 50_000_007
ATTACK = 2 * DAY  # minutes after the first morning


def event(number: int, at: int, kind: str, device: int | None = OWN, **changes: object) -> Row:
    row: Row = {
        "event_id": number, "event_time": minutes(at), "event_type": kind, "customer_id": 1, "device_id": device,
        "channel": "web_bank", "ip_country": "JP" if device == STRANGE else "NL",
    }  # fmt: skip
    return row | changes


def moved(number: int, at: int, amount: float, payer: int, payee: int, **changes: object) -> list[Row]:
    """Both sides of an instant transfer between customers of the bank."""
    bare = dict.fromkeys(("card_id", "merchant_id", "terminal_id", "mcc", "merchant_country", "response_code"))
    sides = []
    for k, (direction, customer, other) in enumerate((("debit", payer, payee), ("credit", payee, payer))):
        side = payment(number + k, at, amount, **bare) | {
            "transaction_type": "transfer", "rail": "instant", "channel": "web_bank", "entry_mode": "none",
            "direction": direction, "transfer_id": number, "customer_id": customer, "account_id": customer + 10,
            "counterparty_account_id": other + 10, "counterparty_country": "NL",
            "payee_is_new": True if direction == "debit" else None,
            "payee_name_match": "no_match" if direction == "debit" else None,
        }  # fmt: skip
        sides.append(side | changes)
    return sides


def crime(number: int, step: int, role: str, **changes: object) -> Row:
    row: Row = {
        "transaction_id": number, "is_fraud": role == "victim", "typology": "account_takeover", "campaign_id": CAMPAIGN,
        "campaign_step": step, "role": role, "fraud_party": "third_party", "is_laundering": role == "mule",
        "fraudster_id": 50_000_001, "authorised_party": role == "mule", "observation_class": "third_party_reported",
        "is_anomaly": False, "loss_amount": 900.0 if role == "victim" else 0.0, "never_reported": False,
    }  # fmt: skip
    return row | changes


def story_tables() -> Tables:
    """Own purchases every two hours, the attack on the third day, the bank's answer two days later."""
    base = small_tables()
    purchases = [payment(1000 + k, 120 * k, 10.0 + k) for k in range(12 * 5)]
    elsewhere = [payment(5000, ATTACK, 77.0, customer_id=4, account_id=14, card_id=None)]
    attack = [
        payment(100, ATTACK - 5, 40.0, is_approved=False, response_code="05", incumbent_score=0.81,
                incumbent_action="decline", channel="ecom", entry_mode="ecom", three_ds="challenged", settled_time=None,
                device_id=STRANGE),
        *moved(200, ATTACK + 10, 900.0, 1, 2, device_id=STRANGE),
        *moved(300, ATTACK + 30, 855.0, 2, 3),
        payment(400, ATTACK + 50, 800.0, transaction_type="cash_withdrawal", channel="atm", customer_id=3, account_id=13,
                card_id=None),
        *moved(500, ATTACK + 700, 5.0, 2, 4),
    ]  # fmt: skip
    truth = [
        crime(100, 0, "victim", loss_amount=0.0), crime(200, 1, "victim"), crime(201, 2, "mule"),
        crime(300, 3, "mule"), crime(301, 4, "mule"), crime(400, 5, "mule"),
    ]  # fmt: skip
    customer, account, device = base["data/customers"][0], base["data/accounts"][0], base["data/devices"][0]
    rows = sorted([*purchases, *elsewhere, *attack], key=lambda row: (row["event_time"], row["transaction_id"]))
    return base | {
        "data/transactions": rows,
        "data/customers": [customer | {"customer_id": n} for n in (1, 2, 3, 4)]
        + [customer | {"customer_id": 1, "valid_from": minutes(4 * DAY), "home_city": "Delft"}],
        "data/accounts": [account | {"account_id": n + 10, "customer_id": n} for n in (1, 2, 3, 4)],
        "data/devices": [device, device | {"device_id": STRANGE, "first_seen": minutes(ATTACK - 60).date()}],
        "data/events": [
            event(1, 300, "login"),
            event(2, ATTACK - 700, "login"),
            event(3, ATTACK - 60, "login_failed", STRANGE),
            event(4, ATTACK - 59, "new_device", STRANGE),
            event(5, ATTACK - 58, "login", STRANGE),
            event(6, ATTACK + 9, "new_payee", STRANGE),
            event(7, ATTACK + 900, "login"),
            event(8, ATTACK + 2 * DAY, "card_reissue", None, channel="batch", ip_country=None),
            event(9, ATTACK, "login", STRANGE, customer_id=4),
        ],
        "labels/labels": [
            {"label_id": k, "transaction_id": number, "label_time": minutes(ATTACK + DAY + k), "label": "fraud",
             "source": "customer_report", "reason_code": "10.4" if k == 1 else None}
            for k, number in ((1, 100), (2, 200))
        ]
        + [{"label_id": 3, "transaction_id": 5000, "label_time": minutes(9 * DAY), "label": "fraud", "source": "chargeback"}],
        "labels/alerts": [
            {"alert_id": 8, "transaction_id": 200, "created": minutes(ATTACK + 10), "worked": minutes(ATTACK + 100),
             "closed": minutes(ATTACK + 100), "disposition": "confirmed_fraud"},
            {"alert_id": 9, "transaction_id": 1024, "created": minutes(120 * 24), "worked": None,
             "closed": minutes(120 * 24 + DAY), "disposition": "not_worked"},
        ],
        "truth/transactions": truth,
        "truth/campaigns": [
            {"campaign_id": CAMPAIGN, "typology": "account_takeover", "fraudster_id": 50_000_001,
             "start": minutes(ATTACK - 90), "end": minutes(ATTACK + 50), "n_transactions": 6, "gross": 940.0,
             "net_loss": 900.0, "recovered": 250.5, "n_victims": 1, "entry_point": "phishing", "camouflage": 0.5,
             "eba": "issuance of a payment order by the fraudster", "fraud_classifier": "unauthorized party"}
        ],
        "truth/actors": [
            {"fraudster_id": 50_000_001, "typology": "account_takeover", "skill": 0.25, "patience": 3, "n_devices": 2}
        ],
    }  # fmt: skip
