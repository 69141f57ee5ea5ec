"""Why it goes badly or well: reasons mined from what people say. Arrays in, frozen values out."""
