run "made" {
  assert {
    condition     = module.shop.project_id == "shop-dev" && module.shop.agents.cloud == "serviceAccount:${module.shop.number}@cloudservices.gserviceaccount.com"
    error_message = "The agent is that of the project."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = contains(keys(module.shop.agents), "kubernetes")
    error_message = "Clusters can be made."
  }
}
