using System;
using System.Linq;
using System.Reflection;

namespace ModelCompiler.Tests.Harness;

/// <summary>Where the sources are that this project was built from.</summary>
public static class Repository
{
    public static string Root { get; } = System.IO.Path.GetFullPath(typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(a => a.Key == "RepositoryRoot").Value!);

    /// <summary>Set to rewrite golden files instead of comparing with them.</summary>
    public static bool UpdatesGoldens => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";
}
