"""Voice: a worker process that forwards what people say to those who may hear it."""
