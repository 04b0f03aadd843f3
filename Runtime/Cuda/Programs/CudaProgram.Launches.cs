using System;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Launches of kernels, and what is the same for all models.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>Threads of the kernels of program.cu.</summary>
    private protected const int ProgramThreads = 256;

    /// <summary>Rows that a part of a split reduction should at least have, and the most parts there are.</summary>
    const int RowsOfSplit = 256, MostSplits = 64;

    const int RowsOfBlock = 8, ColumnsOfBlock = 32;

    bool isMeasuring, isRehearsing;
    long scratch;

    /// <summary>Whether states are being written, which a step that is not finite must leave.</summary>
    protected bool IsUpdatingStates { get; set; }

    /// <summary>Launches a kernel of the model.</summary>
    /// <param name="kernel">Its number.</param>
    /// <param name="blocks">Of the grid.</param>
    /// <param name="threads">Of a block.</param>
    /// <param name="arguments">In the order of its parameters.</param>
    protected void Launch(int kernel, long blocks, int threads, params ReadOnlySpan<KernelArgument> arguments)
    {
        if (isMeasuring || blocks == 0) return;
        Next(kernels[kernel].Name);
        Launch(kernels[kernel], CudaLaunchShape.Of(checked((int)blocks), threads), arguments);
    }

    /// <summary>Launches a kernel of the model that keeps rows in shared memory.</summary>
    /// <param name="kernel">Its number.</param>
    /// <param name="blocks">Of the grid.</param>
    /// <param name="threads">Of a block.</param>
    /// <param name="sharedBytes">Of a block, besides what the kernel declares.</param>
    /// <param name="arguments">In the order of its parameters.</param>
    protected void LaunchWithShared(int kernel, long blocks, int threads, int sharedBytes,
        params ReadOnlySpan<KernelArgument> arguments)
    {
        if (isMeasuring || blocks == 0) return;
        if (survey is null && kernels[kernel].MaxDynamicSharedBytes < sharedBytes)
            kernels[kernel].MaxDynamicSharedBytes = sharedBytes;
        Next(kernels[kernel].Name);
        Launch(kernels[kernel], CudaLaunchShape.Of(checked((int)blocks), threads, sharedBytes), arguments);
    }

    /// <summary>
    /// Launches a reduction over rows: its rows are split where there are many, and the parts combined in order. The
    /// kernel takes memory for the parts, and their number, behind its arguments.
    /// </summary>
    /// <param name="kernel">Its number.</param>
    /// <param name="columns">Columns of each result.</param>
    /// <param name="outer">Stretches of columns.</param>
    /// <param name="rows">That are reduced.</param>
    /// <param name="threads">Of a block.</param>
    /// <param name="results">Where they lie, and how their parts are combined.</param>
    /// <param name="arguments">In the order of its parameters.</param>
    protected void LaunchColumns(int kernel, long columns, long outer, long rows, int threads,
        ReadOnlySpan<ColumnResult> results, params ReadOnlySpan<KernelArgument> arguments)
    {
        int splits = Splits(rows);
        long length = outer * columns, stride = results.Length * length;
        ulong partials = Scratch(splits == 1 ? 0 : splits * stride * sizeof(float));
        if (isMeasuring || length == 0) return;
        Next(kernels[kernel].Name);
        KernelArgument* all = stackalloc KernelArgument[arguments.Length + 2];
        arguments.CopyTo(new Span<KernelArgument>(all, arguments.Length));
        all[arguments.Length] = (void*)partials;
        all[arguments.Length + 1] = splits;
        // One behind the other: a grid's other directions end at 65,535.
        long blocks = (columns + ColumnsOfBlock - 1) / ColumnsOfBlock * outer;
        var shape = new CudaLaunchShape(checked((int)blocks), 1, splits, threads);
        Launch(kernels[kernel], shape, new ReadOnlySpan<KernelArgument>(all, arguments.Length + 2));
        if (splits == 1) return;
        for (int i = 0; i < results.Length; i++)
            Launch(Own("combine"), Blocks(length), (void*)partials, results[i].Address, splits, stride, i * length,
                length, results[i].IsMax ? 1 : 0);
    }

    /// <summary>Copies elements, rounding where the target has fewer bits.</summary>
    /// <param name="from">Of the device.</param>
    /// <param name="to">Of the device.</param>
    /// <param name="length">How many.</param>
    protected void Copy<TFrom, TTo>(TFrom* from, TTo* to, long length) where TFrom : unmanaged where TTo : unmanaged
    {
        if (isMeasuring || length == 0) return;
        if (IsUpdatingStates)
        {
            if (sizeof(TFrom) != sizeof(int) || sizeof(TTo) != sizeof(int))
                throw new InvalidOperationException($"States are updated by copies of 4 bytes an element, and these " +
                    $"have {sizeof(TFrom)} and {sizeof(TTo)}. Please report this.");
            Launch(Own("copy_unless_halted"), Blocks(length), from, to, length, (void*)Notes);
        }
        else if (sizeof(TFrom) == sizeof(TTo)) stream.Copy((ulong)to, (ulong)from, length * sizeof(TTo));
        else Launch(Library.Get("convert", "convert", "FROM=" + NameOf<TFrom>(), "TO=" + NameOf<TTo>()),
            Blocks(length), from, to, length);
    }

    static string NameOf<T>() where T : unmanaged => TypeOf<T>() switch
    {
        CudaDataType.BFloat16 => "bf16",
        CudaDataType.Float16 => "f16",
        _ => "float",
    };

    /// <summary>What goes in and out, as <c>ModelPlan.Launches</c> calls it.</summary>
    private protected const string InputsAndResults = "InputsAndResults";

    /// <summary>Leaves one number for the host.</summary>
    /// <param name="place">0 for the loss, then metrics.</param>
    /// <param name="value">Of the device; fp32.</param>
    protected void Note(int place, float* value)
    {
        if (isMeasuring) return;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, PassNotes.MostResults);
        GoOn(InputsAndResults);
        Launch(Own("note"), CudaLaunchShape.Of(1, 1), value, (void*)Notes, place);
    }

    /// <summary>A kernel of program.cu.</summary>
    private protected CudaKernel Own(string name) => Library.Get("program", name);

    private protected static CudaLaunchShape Blocks(long length) =>
        CudaLaunchShape.Of(checked((int)((length + ProgramThreads - 1) / ProgramThreads)), ProgramThreads);

    private protected void Launch(CudaKernel kernel, in CudaLaunchShape shape,
        params ReadOnlySpan<KernelArgument> arguments)
    {
        void** addresses = stackalloc void*[arguments.Length];
        fixed (KernelArgument* first = arguments)
        {
            for (int i = 0; i < arguments.Length; i++) addresses[i] = first + i;
            kernel.Launch(stream, shape, addresses);
        }
    }

    /// <summary>Memory that one routine works in; its content does not outlive it.</summary>
    private protected ulong Scratch(long bytes)
    {
        if (isMeasuring) scratch = Math.Max(scratch, bytes);
        else if (bytes > ScratchBytes)
            throw new InvalidOperationException($"A kernel works in {bytes} bytes and {ScratchBytes} were planned. " +
                "Please report this.");
        return isMeasuring ? 0 : ScratchMemory;
    }

    /// <summary>Goes through all passes at the largest lengths without launching, for the room they need.</summary>
    long Measure(int passCount)
    {
        isMeasuring = true;
        try
        {
            for (int pass = 0; pass < passCount; pass++) Record(pass, Largest(pass));
            return scratch;
        }
        finally
        {
            isMeasuring = false;
        }
    }

    /// <summary>Whether nothing is launched: only the room is measured that routines need.</summary>
    private protected bool IsMeasuring => isMeasuring;

    private protected static IndexOutOfRangeException RowOutOfRange(ulong error)
    {
        CudaRows.TryReadError(error, out long place, out int row);
        return new IndexOutOfRangeException($"Row {row} was looked up at place {place} of its indices, and the table " +
            "has no such row; zeros were taken for it. Indices that a model computes must lie in the table.");
    }
}
