"""Where criminals meet the bank: customers under attack, what criminals can see, and what they can do."""
