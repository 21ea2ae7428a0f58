"""How a case comes to its price: four routes, public notice, sealed ranges, sales in the open, comparable deals."""
