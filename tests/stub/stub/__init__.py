"""A strict stand-in for the parts of AWS that moto lacks; see README.md."""
