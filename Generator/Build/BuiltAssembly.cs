using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

namespace ModelCompiler.Build;

/// <summary>
/// An assembly that has just been compiled, loaded with what it refers to. The runtime among that is the one its models
/// are built with, whatever this program was built with.
/// </summary>
sealed class BuiltAssembly : AssemblyLoadContext
{
    const string Runtime = "ModelCompiler.Runtime";

    readonly Dictionary<string, string> references = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="path">Of the assembly.</param>
    /// <param name="references">Paths of what it may refer to, besides .NET itself; of two of a name the first is
    /// taken.</param>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    public BuiltAssembly(string path, IEnumerable<string> references) : base("models")
    {
        foreach (string reference in references.Where(r => r.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)))
            this.references.TryAdd(Path.GetFileNameWithoutExtension(reference), reference);
        Assembly = Open(path);
    }

    public Assembly Assembly { get; }

    /// <summary>Compiles the kernels of its models into a pack.</summary>
    /// <param name="pack">Path of the pack.</param>
    /// <param name="targets">Such as "sm_80;sm_90;compute_90", or "auto".</param>
    /// <returns>What was done; empty where nothing was.</returns>
    /// <exception cref="InvalidOperationException">It cannot be done.</exception>
    public string EmbedCubins(string pack, string targets)
    {
        // Whoever refers to no runtime has no models.
        if (!references.ContainsKey(Runtime)) return "";
        MethodInfo run = LoadFromAssemblyName(new AssemblyName(Runtime))
            .GetType("ModelCompiler.Runtime.Cuda.Embedding.BuildCubins")?.GetMethod("Run")
            ?? throw new InvalidOperationException($"{references[Runtime]} is older than this build tool.");
        return (string)run.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Assembly, pack, targets], null)!;
    }

    /// <summary>Everything else is .NET's.</summary>
    protected override Assembly? Load(AssemblyName name) =>
        name.Name is { } simple && references.TryGetValue(simple, out string? path) ? Open(path) : null;

    /// <summary>From memory: a build may write the file again.</summary>
    Assembly Open(string path) => LoadFromStream(new MemoryStream(File.ReadAllBytes(path)));
}
