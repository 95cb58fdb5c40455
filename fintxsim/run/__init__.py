"""Files of a run: written here, judged by ``fintxsim.verify``, read by ``fintxsim.dataset``."""

from fintxsim.run.card import columns_csv, dataset_card
from fintxsim.run.store import RunStore

__all__ = ["RunStore", "columns_csv", "dataset_card"]
