using System.Collections.Generic;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>A library of CUDA is not on this machine, or cannot be loaded.</summary>
public sealed class CudaLibraryNotFoundException : CudaException
{
    internal CudaLibraryNotFoundException(string library, IReadOnlyList<string> tried, string message)
        : base(message) => (Library, Tried) = (library, tried);

    /// <summary>Which one, such as "NVRTC, the run-time compiler of CUDA".</summary>
    public string Library { get; }

    /// <summary>Every place and name that was tried, in order, with what was wrong there.</summary>
    public IReadOnlyList<string> Tried { get; }
}
