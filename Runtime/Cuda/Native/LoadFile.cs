namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>Loads a library.</summary>
/// <param name="path">Of the file, or a bare name.</param>
/// <param name="problem">Why it cannot be loaded; empty where it can.</param>
/// <returns>Its handle; 0 where it cannot be loaded.</returns>
delegate nint LoadFile(string path, out string problem);
