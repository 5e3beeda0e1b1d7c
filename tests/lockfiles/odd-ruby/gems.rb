source "https://rubygems.org"
gem "forked", git: "https://github.com/o/forked.git"
gem "mine", path: "."
group :development, :test do
  gem "rspec" # specs
end
