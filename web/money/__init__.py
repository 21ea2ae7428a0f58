"""The money page of a case: shares of payments, claims, finance, the decision file."""
