mock_provider "google" {
  mock_resource "google_project" {
    defaults = { number = "1000" }
  }
  mock_data "google_project" {
    defaults = { number = "2000" }
  }
}

variables {
  project_id   = "shop-dev"
  host_project = "network-host"
  subnets = {
    shop = { name = "shop", region = "europe-west1" }
    edge = { name = "edge", region = "europe-west4" }
  }
  users = { developers = "group:developers@example.com" }
}

run "a_project_that_exists" {
  assert {
    condition     = length(google_project.this) == 0 && output.number == "2000"
    error_message = "The project is looked up."
  }
  assert {
    condition     = join(" ", keys(google_compute_subnetwork_iam_member.this)) == "edge/cloud edge/developers shop/cloud shop/developers"
    error_message = "Users and the agent may use each subnet: ${join(" ", keys(google_compute_subnetwork_iam_member.this))}"
  }
  assert {
    condition     = google_compute_subnetwork_iam_member.this["edge/developers"].region == "europe-west4" && google_compute_subnetwork_iam_member.this["edge/developers"].member == "group:developers@example.com"
    error_message = "A subnet is in its region."
  }
  assert {
    condition     = length(google_project_iam_member.kubernetes) == 0
    error_message = "There are no clusters."
  }
}

run "a_project_that_is_made_for_clusters" {
  variables {
    parent     = "organizations/1234"
    kubernetes = true
  }
  assert {
    condition     = google_project.this[0].org_id == "1234" && google_project.this[0].folder_id == null && google_project.this[0].name == "shop-dev"
    error_message = "It is made in the organization."
  }
  assert {
    condition     = output.agents.kubernetes == "serviceAccount:service-1000@container-engine-robot.iam.gserviceaccount.com" && google_project_iam_member.kubernetes[0].member == output.agents.kubernetes
    error_message = "The agent of Kubernetes Engine is that of the project."
  }
  assert {
    condition     = contains(keys(google_project_service.this), "container.googleapis.com") && length(google_compute_subnetwork_iam_member.this) == 6
    error_message = "The API is enabled, and the agent may use both subnets."
  }
}

run "a_user_without_a_kind" {
  command = plan
  variables {
    users = { developers = "developers@example.com" }
  }
  expect_failures = [var.users]
}
