;;; RUN: waxwing valdiate %s
;;; RUN: waxwing inspct %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: there is no file and no verb 'valdiate'; did you mean 'waxwing validate'?
waxwing: error: there is no file and no verb 'inspct'; did you mean 'waxwing inspect'?
