using System.IO;
using System.IO.Compression;
using System.Reflection;

namespace ModelCompiler.Tests.Runtime.Data;

/// <summary>An assembly with one resource, of which nothing else is real.</summary>
public sealed class ResourceAssembly(string resource, byte[] bytes) : Assembly
{
    public static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(bytes);
        return compressed.ToArray();
    }

    public override AssemblyName GetName() => new("Resources");

    public override string[] GetManifestResourceNames() => [resource];

    public override Stream? GetManifestResourceStream(string name) => name == resource ? new MemoryStream(bytes) : null;
}
