mock_provider "terraform" {
  override_resource {
    target = terraform_data.mocked
  }
}

override_resource {
  target = terraform_data.a
}

override_data {
  target = data.terraform_remote_state.of_file
}

override_module {
  target = module.m["x"]
}

run "root" {
  command = plan
  override_resource {
    target = module.m.terraform_data.of_run
  }
  override_resource {
    target = terraform_data.a[5]
  }
}

run "module" {
  command = plan
  module {
    source = "./m"
  }
  override_module {
    target = module.m
  }
}
