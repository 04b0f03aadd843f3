using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>What a pass reads and leaves in the device's memory beside its tensors; <c>PassNotes</c> of program.cu.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct PassNotes
{
    public const int MostResults = 32;

    /// <summary>What random numbers are drawn by.</summary>
    public int RandomKey0, RandomKey1;

    /// <summary>Passes since the start: its last bit says which slot is read.</summary>
    public int Sequence;

    readonly int reserved;

    /// <summary>A row out of range that was looked up, as CudaRows notes it; 0 for none.</summary>
    public ulong RowError;

    /// <summary>Of the update.</summary>
    public StepNumbers Numbers;

    /// <summary>What the loss is multiplied by.</summary>
    public float LossScale;

    /// <summary>Steps without an overflow since it last changed.</summary>
    public int GoodSteps;

    /// <summary>Whether a gradient overflowed that no scale can have caused.</summary>
    public int IsHalted;

    readonly int end;

    /// <summary>Loss and metrics.</summary>
    public fixed float Results[MostResults];
}

/// <summary>What the host says of a pass; <c>PassOrders</c> of program.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
struct PassOrders
{
    public int RandomKey0, RandomKey1;
    public float Rate, GradientScale, MaxNorm;
    public uint Key0, Key1;
}
