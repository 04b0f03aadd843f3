using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>What a pass reads and leaves in the device's memory beside its tensors; <c>PassNotes</c> of program.cu.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct PassNotes
{
    public const int MostResults = 32;

    /// <summary>What random numbers are drawn by.</summary>
    public int RandomKey0, RandomKey1;

    /// <summary>Passes since the start: its parity says which slot is read.</summary>
    public int Sequence;

    /// <summary>Whether a gradient was not finite: nothing changes until the host has seen it.</summary>
    public int IsHalted;

    /// <summary>A row out of range that was looked up, as CudaRows notes it; 0 for none.</summary>
    public ulong RowError;

    /// <summary>Loss and metrics.</summary>
    public fixed float Results[MostResults];
}
