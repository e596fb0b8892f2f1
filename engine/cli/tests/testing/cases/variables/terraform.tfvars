auto  = "yes"
given = "from the file of values"
