namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>One place where a library may be.</summary>
/// <param name="Path">Of a file; a bare name where the system's loader is to look.</param>
/// <param name="Version">Major version of CUDA it belongs to; 0 where it has none, as the driver.</param>
/// <param name="Source">Why it is looked for there.</param>
readonly record struct LibraryFile(string Path, int Version, string Source)
{
    /// <summary>Whether the system's loader is asked by name.</summary>
    public bool IsBareName => !Path.Contains('/') && !Path.Contains('\\');
}
