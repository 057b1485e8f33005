"""重点路段管控: what trucks of vehicle users let out on which roads at which hours, and what an order could save there."""
