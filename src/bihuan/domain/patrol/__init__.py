"""巡查: what a track of a patrol is worth. Frames in, frames out; places in WGS 84 [degrees], times in UTC."""
