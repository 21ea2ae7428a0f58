"""An officer's enterprises, and the visits of the 科技特派员 (M31)."""
