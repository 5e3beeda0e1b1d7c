defmodule Odd.MixProject do
  use Mix.Project

  defp deps do
    [
      {:cowboy, "~> 2.8"},
      {:credo, "~> 1.5", only: [:dev, :test], runtime: false},
      {:forked, git: "https://github.com/o/forked.git", branch: "main"},
      {:mine, path: "../mine"}
    ]
  end
end
