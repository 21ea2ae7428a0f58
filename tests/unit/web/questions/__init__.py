"""Why a pair is recommended or not, in the portal."""
