"""Speed and size as ratios: each figure and its floor are measured in one run, in turns."""
