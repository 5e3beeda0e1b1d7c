module example.org/x

go 1.21

toolchain go1.21.3

require (
	golang.org/x/text v0.3.5
	github.com/gin-gonic/gin v1.5.0 // indirect
)

require github.com/old/dep v1.0.0

replace github.com/old/dep => github.com/new/dep v1.2.0
