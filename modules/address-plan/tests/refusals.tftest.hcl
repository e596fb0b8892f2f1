variables {
  pools = {
    aws = { ranges = ["10.0.0.0/16"] }
  }
  services = [
    { name = "orders", pool = "aws" },
    { name = "billing", pool = "aws", prefix = 20 },
  ]
}

run "a_reserved_range_within_a_service" {
  command = plan
  variables {
    reserved = { office = ["10.0.17.0/24"] }
  }
  expect_failures = [output.services, output.gke]
}

run "a_service_within_a_reserved_range" {
  command = plan
  variables {
    reserved = { on-premises = ["10.0.0.0/8"] }
  }
  expect_failures = [output.services, output.gke]
}

run "reserved_ranges_of_two" {
  command = plan
  variables {
    reserved = { office = ["172.16.0.0/16"], partner = ["172.16.255.0/24"] }
  }
  expect_failures = [output.services, output.gke]
}

run "an_environment_in_a_pool_of_services" {
  command = plan
  variables {
    gke = { pool = "10.0.0.0/12", master_pool = "10.200.0.0/24", environments = ["dev"] }
  }
  expect_failures = [output.services, output.gke]
}

run "neighbours_do_not_overlap" {
  command = plan
  variables {
    reserved = { before = ["9.255.255.0/24"], between = ["10.0.4.0/22"], after = ["10.0.32.0/19"] }
  }
}

run "an_unknown_pool" {
  command = plan
  variables {
    services = [{ name = "lost", pool = "azure" }]
  }
  expect_failures = [output.services]
}

run "a_size_that_services_do_not_get" {
  command = plan
  variables {
    services = [{ name = "huge", pool = "aws", prefix = 16 }]
  }
  expect_failures = [var.services]
}

run "the_same_name_twice" {
  command = plan
  variables {
    services = [{ name = "orders", pool = "aws" }, { name = "orders", pool = "aws" }]
  }
  expect_failures = [var.services]
}

run "a_pool_that_begins_in_its_middle" {
  command = plan
  variables {
    pools = { aws = { ranges = ["10.0.1.0/16"] } }
  }
  expect_failures = [var.pools]
}

run "no_range_at_all" {
  command = plan
  variables {
    reserved = { office = ["somewhere"] }
  }
  expect_failures = [var.reserved]
}
