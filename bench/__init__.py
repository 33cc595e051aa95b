"""The helpers beside what people use today: times in one run, on one thread."""
