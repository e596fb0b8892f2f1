run "two" {
}
