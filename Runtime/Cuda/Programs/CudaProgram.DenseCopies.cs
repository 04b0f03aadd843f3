using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Matrices whose columns lie apart, for kernels that want them side by side.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>[outers, heads, rows, columns], and where a copy without gaps begins; -1 where it needs none.</summary>
    readonly record struct DenseCopy(MatrixView View, int Outers, int Heads, int Rows, int Columns, long Offset)
    {
        public long Length => (long)Outers * Heads * Rows * Columns;
    }

    /// <summary>The copies of one routine, one behind the other in its scratch memory.</summary>
    struct DenseCopies(CudaProgram program)
    {
        ulong start;

        /// <summary>Of all that were asked for.</summary>
        public long Bytes { get; private set; }

        /// <summary>Room where the view's columns lie apart; none where there is no view.</summary>
        public DenseCopy Of(MatrixView view, int outers, int heads, int rows, int columns)
        {
            // No view at all has strides of 0.
            bool isDense = view.Column == 1 || view.Column == 0 && view.Row == 0;
            return isDense ? new DenseCopy(view, outers, heads, rows, columns, -1)
                : Reserve(view, outers, heads, rows, columns);
        }

        /// <summary>[outers or 1, heads or 1, queries, keys]: what is repeated is there once.</summary>
        public DenseCopy OfBias(MatrixView view, in CudaAttentionShape shape) => Of(view,
            view.Outer == 0 ? 1 : shape.Outer, view.Inner == 0 ? 1 : shape.QueryHeads, shape.Queries, shape.Keys);

        /// <summary>Room for what nobody looks at.</summary>
        public DenseCopy Room(MatrixType type, int outers, int heads, int rows, int columns) =>
            Reserve(new MatrixView { Type = type }, outers, heads, rows, columns);

        DenseCopy Reserve(MatrixView view, int outers, int heads, int rows, int columns)
        {
            var copy = new DenseCopy(view, outers, heads, rows, columns, Bytes);
            Bytes += (copy.Length * view.Size + Alignment - 1) / Alignment * Alignment;
            return copy;
        }

        /// <summary>Where the copies are.</summary>
        public void Place(ulong address) => start = address;

        /// <summary>Where the kernel reads or writes.</summary>
        public readonly CudaAttentionOperand Operand(DenseCopy copy) => copy.Offset < 0
            ? CudaProgram.Operand(copy.View)
            : CudaAttentionOperand.Dense(start + (ulong)copy.Offset, copy.Heads, copy.Rows, copy.Columns);

        /// <summary>The same, with what is in the view.</summary>
        public readonly CudaAttentionOperand Read(DenseCopy copy)
        {
            CudaAttentionOperand to = Operand(copy);
            if (copy.Offset >= 0)
                Launch(copy, (ulong)copy.View.Data, StridesOf(copy.View), to.Address, StridesOf(to));
            return to;
        }

        /// <summary>The same for a bias, which repeats where the view does.</summary>
        public readonly CudaAttentionOperand ReadBias(DenseCopy copy)
        {
            CudaAttentionOperand to = Read(copy);
            return to with
            {
                OuterStride = copy.View.Outer == 0 ? 0 : to.OuterStride,
                HeadStride = copy.View.Inner == 0 ? 0 : to.HeadStride,
            };
        }

        /// <summary>To the view what the kernel wrote.</summary>
        public readonly void Write(DenseCopy copy)
        {
            if (copy.Offset < 0 || copy.View.Data is null) return;
            CudaAttentionOperand from = Operand(copy);
            Launch(copy, from.Address, StridesOf(from), (ulong)copy.View.Data, StridesOf(copy.View));
        }

        static (long Outer, long Head, long Row, long Column) StridesOf(MatrixView view) =>
            (view.Outer, view.Inner, view.Row, view.Column);

        static (long Outer, long Head, long Row, long Column) StridesOf(CudaAttentionOperand operand) =>
            (operand.OuterStride, operand.HeadStride, operand.RowStride, 1);

        readonly void Launch(DenseCopy copy, ulong from, (long Outer, long Head, long Row, long Column) source,
            ulong to, (long Outer, long Head, long Row, long Column) target)
        {
            if (copy.Length == 0) return;
            CudaKernel kernel = program.Library.Get("strided_copy", "strided_copy",
                CudaDefines.Element(TypeOf(copy.View.Type)));
            program.Launch(kernel, Blocks(copy.Length),
                (void*)from, source.Outer, source.Head, source.Row, source.Column,
                (void*)to, target.Outer, target.Head, target.Row, target.Column,
                (long)copy.Heads, (long)copy.Rows, (long)copy.Columns, copy.Length);
        }
    }
}
