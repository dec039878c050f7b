"""Journal: the durable log of facts, written before anything is answered.

It knows bytes, their order and whether they are safe on disk. It does not know what a click or an order is: what the
records say is the kernel's (`kernel.facts`), what follows from them is the pipeline's.
"""
