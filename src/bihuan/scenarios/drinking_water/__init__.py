"""饮用水水源地: centralised drinking-water sources with their zones, signs and fences, their rounds and their water."""
