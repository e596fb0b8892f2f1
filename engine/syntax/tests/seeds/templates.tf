locals {
  a = "%{ if x }y\"\n%{ else }${~ z ~}%{ endif }"
  b = "${"nested ${"strings"}"}"
  c = provider::aws::arn_parse(x)[0].y.0.z
  d = !(a || b) && c >= d % 2
  e = [
    <<A
${x}
A
    , <<B
B
  ]
}
