module example.org/odd/v2

go 1.24.0

toolchain go1.24.3

godebug default=go1.21

tool (
	golang.org/x/tools/cmd/stringer
)

require github.com/docker/docker v20.10.7+incompatible

require (
	github.com/o/forked v1.0.0
	github.com/o/local v0.0.0-20210101000000-0123456789ab
	"golang.org/x/crypto" v0.0.0-20200622213623-75b288015ac9 // indirect
)

replace (
	github.com/o/forked v1.0.0 => github.com/me/forked v1.0.1-0.20210101000000-0123456789ab
	github.com/o/local => ../local
)

retract [v2.0.0, v2.0.3] // broken
