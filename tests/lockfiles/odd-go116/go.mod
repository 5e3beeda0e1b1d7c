module "example.org/old" // a comment

go 1.16

require(
	github.com/gin-gonic/gin v1.6.3
	gopkg.in/yaml.v2 v2.2.8 // indirect; kept
)

exclude golang.org/x/text v0.3.1
