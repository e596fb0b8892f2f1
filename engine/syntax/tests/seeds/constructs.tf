a = 1 + 2 * -3 - - b.0.c % c[-1].d
b = x ? [1, "two", null] : f(y...)
c = {
  k     = v, "q-${r}" : !s
  (t) = u[*].w[0].*.z # comment
}
d = [for k, v in m : v.x if v != null]
e = {
  for k, v in merge(a, b) :
  "${k}~${~ v ~}" => [v]...
  if v >= 1e3 && k <= 2.50
}
f = "a\n\t$${b} %%{c} ${d} \u00e9 ${"e ${f}"}"
g = <<-EOT
    ${h ~}
      text $${i}
    %{ if j }x%{ else }
    y
    %{~ endif ~}
    %{ for k, v in m }${v}%{ endfor }
  EOT
h = ((1 +
  2) == provider::x::y(
  z, [
    w
  ]
))
block "label" other {
  nested {}
  one { a = [] }
}
