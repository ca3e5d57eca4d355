"""What runs CLAP's two towers; torch in float32 is the reference of every other."""
