run "makes" {
}
