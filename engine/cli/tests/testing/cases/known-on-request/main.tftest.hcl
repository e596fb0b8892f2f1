mock_provider "terraform" {}

run "names" {
  command = plan
  assert {
    condition     = terraform_data.b.input == "b of ${terraform_data.a.id}"
    error_message = "With -override-during=plan, as in OpenTofu, it is known."
  }
}
