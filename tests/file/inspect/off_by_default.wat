;;; RUN: waxwing inspect %s
(module (tag $e) (func (try (do) (catch $e))))
