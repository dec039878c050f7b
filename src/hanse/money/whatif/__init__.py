"""What-if: history priced under other terms by the code that pays, and who carries the risk of a deal."""
