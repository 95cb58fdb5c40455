"""Files of a run: written here, judged by ``fintxsim.verify``, read by ``fintxsim.dataset``."""
