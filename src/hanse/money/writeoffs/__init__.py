"""Write-offs: what somebody who has left still owes, given up by a person: the program's loss."""
